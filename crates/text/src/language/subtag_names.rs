//! English names of the scripts and regions in codes of languages.

/// Scripts (ISO 15924) that a code may name.
const SCRIPTS: &str = "
Adlm Adlam;Arab Arabic;Armn Armenian;Beng Bangla;Bopo Bopomofo;Brai Braille;Cakm Chakma;Cans Canadian Aboriginal;
Cher Cherokee;Copt Coptic;Cyrl Cyrillic;Deva Devanagari;Ethi Ethiopic;Geor Georgian;Goth Gothic;Grek Greek;
Gujr Gujarati;Guru Gurmukhi;Hang Hangul;Hani Han;Hans Simplified;Hant Traditional;Hebr Hebrew;Hira Hiragana;
Java Javanese;Jpan Japanese;Kana Katakana;Khmr Khmer;Knda Kannada;Kore Korean;Laoo Lao;Latn Latin;Mlym Malayalam;
Mong Mongolian;Mtei Meitei Mayek;Mymr Myanmar;Nkoo N’Ko;Ogam Ogham;Olck Ol Chiki;Orya Odia;Osge Osage;Rohg Hanifi;
Runr Runic;Sinh Sinhala;Sund Sundanese;Syrc Syriac;Taml Tamil;Telu Telugu;Tfng Tifinagh;Thaa Thaana;Thai Thai;
Tibt Tibetan;Vaii Vai;Yiii Yi";

/// Regions (ISO 3166-1 alpha-2, UN M.49).
const REGIONS: &str = "
001 world;150 Europe;419 Latin America;
AD Andorra;AE United Arab Emirates;AF Afghanistan;AG Antigua and Barbuda;AI Anguilla;AL Albania;AM Armenia;AO Angola;
AQ Antarctica;AR Argentina;AS American Samoa;AT Austria;AU Australia;AW Aruba;AX Åland Islands;AZ Azerbaijan;
BA Bosnia and Herzegovina;BB Barbados;BD Bangladesh;BE Belgium;BF Burkina Faso;BG Bulgaria;BH Bahrain;BI Burundi;
BJ Benin;BL St. Barthélemy;BM Bermuda;BN Brunei;BO Bolivia;BQ Caribbean Netherlands;BR Brazil;BS Bahamas;BT Bhutan;
BV Bouvet Island;BW Botswana;BY Belarus;BZ Belize;CA Canada;CC Cocos Islands;CD Congo (Kinshasa);
CF Central African Republic;CG Congo (Brazzaville);CH Switzerland;CI Côte d’Ivoire;CK Cook Islands;CL Chile;
CM Cameroon;CN China;CO Colombia;CR Costa Rica;CU Cuba;CV Cape Verde;CW Curaçao;CX Christmas Island;CY Cyprus;
CZ Czechia;DE Germany;DJ Djibouti;DK Denmark;DM Dominica;DO Dominican Republic;DZ Algeria;EC Ecuador;EE Estonia;
EG Egypt;EH Western Sahara;ER Eritrea;ES Spain;ET Ethiopia;FI Finland;FJ Fiji;FK Falkland Islands;FM Micronesia;
FO Faroe Islands;FR France;GA Gabon;GB United Kingdom;GD Grenada;GE Georgia;GF French Guiana;GG Guernsey;GH Ghana;
GI Gibraltar;GL Greenland;GM Gambia;GN Guinea;GP Guadeloupe;GQ Equatorial Guinea;GR Greece;GS South Georgia;
GT Guatemala;GU Guam;GW Guinea-Bissau;GY Guyana;HK Hong Kong;HM Heard and McDonald Islands;HN Honduras;HR Croatia;
HT Haiti;HU Hungary;ID Indonesia;IE Ireland;IL Israel;IM Isle of Man;IN India;IO Chagos Archipelago;IQ Iraq;IR Iran;
IS Iceland;IT Italy;JE Jersey;JM Jamaica;JO Jordan;JP Japan;KE Kenya;KG Kyrgyzstan;KH Cambodia;KI Kiribati;
KM Comoros;KN St. Kitts and Nevis;KP North Korea;KR South Korea;KW Kuwait;KY Cayman Islands;KZ Kazakhstan;LA Laos;
LB Lebanon;LC St. Lucia;LI Liechtenstein;LK Sri Lanka;LR Liberia;LS Lesotho;LT Lithuania;LU Luxembourg;LV Latvia;
LY Libya;MA Morocco;MC Monaco;MD Moldova;ME Montenegro;MF St. Martin;MG Madagascar;MH Marshall Islands;
MK North Macedonia;ML Mali;MM Myanmar;MN Mongolia;MO Macao;MP Northern Mariana Islands;MQ Martinique;MR Mauritania;
MS Montserrat;MT Malta;MU Mauritius;MV Maldives;MW Malawi;MX Mexico;MY Malaysia;MZ Mozambique;NA Namibia;
NC New Caledonia;NE Niger;NF Norfolk Island;NG Nigeria;NI Nicaragua;NL Netherlands;NO Norway;NP Nepal;NR Nauru;
NU Niue;NZ New Zealand;OM Oman;PA Panama;PE Peru;PF French Polynesia;PG Papua New Guinea;PH Philippines;PK Pakistan;
PL Poland;PM St. Pierre and Miquelon;PN Pitcairn;PR Puerto Rico;PS Palestine;PT Portugal;PW Palau;PY Paraguay;
QA Qatar;RE Réunion;RO Romania;RS Serbia;RU Russia;RW Rwanda;SA Saudi Arabia;SB Solomon Islands;SC Seychelles;
SD Sudan;SE Sweden;SG Singapore;SH St. Helena;SI Slovenia;SJ Svalbard and Jan Mayen;SK Slovakia;SL Sierra Leone;
SM San Marino;SN Senegal;SO Somalia;SR Suriname;SS South Sudan;ST São Tomé and Príncipe;SV El Salvador;
SX Sint Maarten;SY Syria;SZ Eswatini;TC Turks and Caicos Islands;TD Chad;TF French Southern Territories;TG Togo;
TH Thailand;TJ Tajikistan;TK Tokelau;TL Timor-Leste;TM Turkmenistan;TN Tunisia;TO Tonga;TR Türkiye;
TT Trinidad and Tobago;TV Tuvalu;TW Taiwan;TZ Tanzania;UA Ukraine;UG Uganda;UM U.S. Outlying Islands;
US United States;UY Uruguay;UZ Uzbekistan;VA Vatican City;VC St. Vincent and the Grenadines;VE Venezuela;
VG British Virgin Islands;VI U.S. Virgin Islands;VN Vietnam;VU Vanuatu;WF Wallis and Futuna;WS Samoa;XK Kosovo;
YE Yemen;YT Mayotte;ZA South Africa;ZM Zambia;ZW Zimbabwe";

/// Returns the name of a script, in the letter case of the normal form of a code.
pub(super) fn script_name(code: &str) -> Option<&'static str> {
    name(SCRIPTS, code)
}

/// Returns the name of a region, in the letter case of the normal form of a code.
pub(super) fn region_name(code: &str) -> Option<&'static str> {
    name(REGIONS, code)
}

fn name(table: &'static str, code: &str) -> Option<&'static str> {
    let mut entries = table.split(';').filter_map(|entry| entry.trim_start().split_once(' '));
    entries.find(|(other, _)| *other == code).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_region_and_script_has_one_name() {
        for (table, count, lengths) in [(SCRIPTS, 54, [4, 4]), (REGIONS, 253, [2, 3])] {
            let codes: HashSet<&str> =
                table.split(';').filter_map(|entry| entry.trim_start().get(..lengths[0])).collect();
            assert_eq!(codes.len(), count);
            for entry in table.split(';') {
                let (code, name) = entry.trim_start().split_once(' ').expect(entry);
                assert!(lengths.contains(&code.len()) && !name.contains('\n'), "{entry}");
            }
        }
        assert_eq!(
            (region_name("ZW"), region_name("419"), script_name("Latn")),
            (Some("Zimbabwe"), Some("Latin America"), Some("Latin"))
        );
        assert_eq!((region_name("ZZ"), region_name(""), script_name("latn")), (None, None, None));
    }
}
