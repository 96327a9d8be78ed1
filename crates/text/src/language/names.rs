//! Codes and names of languages.

/// Languages: their codes (ISO 639-1, else ISO 639-3, and further ones), then their names in English, the usual one
/// first, and in the language itself.
const LANGUAGES: &str = "
aa aar;Afar
ab abk;Abkhazian,Abkhaz
ace;Acehnese
ae ave;Avestan
af afr;Afrikaans
ak aka;Akan
am amh;Amharic,አማርኛ
an arg;Aragonese,Aragonés
ang;Old English
ar ara arb;Arabic,العربية,عربي
arn;Mapudungun,Mapuche
as asm;Assamese,অসমীয়া
ast;Asturian,Asturianu
av ava;Avar,Avaric
ay aym;Aymara
az aze;Azerbaijani,Azeri,Azərbaycanca
ba bak;Bashkir,Башҡортса
bar;Bavarian,Boarisch
bcl bik;Bikol
be bel;Belarusian,Belarusan,Беларуская
bem;Bemba
ber;Berber
bg bul;Bulgarian,Български
bho;Bhojpuri
bi bis;Bislama
bm bam;Bambara,Bamanankan
bn ben;Bengali,Bangla,বাংলা
bo bod tib;Tibetan,བོད་སྐད
br bre;Breton,Brezhoneg
bs bos;Bosnian,Bosanski
bua bxr;Buryat
ca cat;Catalan,Valencian,Català
ce che;Chechen,Нохчийн
ceb;Cebuano,Binisaya
ch cha;Chamorro
chm mhr;Mari
cho;Choctaw
chr;Cherokee,Tsalagi,ᏣᎳᎩ
chy;Cheyenne
ckb;Sorani Kurdish,Central Kurdish,Sorani,کوردیی ناوەندی
co cos;Corsican,Corsu
cop;Coptic
cr cre;Cree
crh;Crimean Tatar,Qırımtatarca
cs ces cze;Czech,Čeština,Česky
cv chv;Chuvash,Чӑвашла
cy cym wel;Welsh,Cymraeg
da dan;Danish,Dansk
dak;Dakota
de deu ger;German,Deutsch
din;Dinka
dsb;Lower Sorbian,Dolnoserbski
dv div;Dhivehi,Maldivian
dyu;Dyula
dz dzo;Dzongkha,རྫོང་ཁ
ee ewe;Ewe,Eʋegbe
el ell gre;Greek,Ελληνικά
en eng;English
eo epo;Esperanto
es spa;Spanish,Castilian,Español,Castellano
et est ekk;Estonian,Eesti
eu eus baq;Basque,Euskara
fa fas per pes;Persian,Farsi,فارسی
ff ful;Fulah,Fula,Fulani,Fulfulde
fi fin;Finnish,Suomi
fil;Filipino
fj fij;Fijian
fo fao;Faroese,Føroyskt
fon;Fon
fr fra fre;French,Français
fur;Friulian,Furlan
fy fry;Western Frisian,Frisian,Frysk
ga gle;Irish,Irish Gaelic,Gaeilge
gd gla;Scottish Gaelic,Gaelic,Gàidhlig
gl glg;Galician,Galego
gn grn;Guarani,Avañe'ẽ
gsw;Swiss German,Alemannic,Schwyzerdütsch
gu guj;Gujarati,ગુજરાતી
gv glv;Manx,Gaelg
ha hau;Hausa
haw;Hawaiian,ʻŌlelo Hawaiʻi
he heb iw;Hebrew,עברית
hi hin;Hindi,हिन्दी,हिंदी
hil;Hiligaynon
hmn mww;Hmong
ho hmo;Hiri Motu
hr hrv;Croatian,Hrvatski
hsb;Upper Sorbian,Hornjoserbsce
ht hat;Haitian Creole,Haitian,Kreyòl
hu hun;Hungarian,Magyar
hy hye arm;Armenian,Հայերեն
hz her;Herero
ia ina;Interlingua
id ind;Indonesian,Bahasa Indonesia
ie ile;Interlingue
ig ibo;Igbo
ii iii;Nuosu,Sichuan Yi
ik ipk;Inupiaq
ilo;Ilocano,Iloko
io ido;Ido
is isl ice;Icelandic,Íslenska
it ita;Italian,Italiano
iu iku;Inuktitut,ᐃᓄᒃᑎᑐᑦ
ja jpn;Japanese,日本語
jv jav;Javanese,Basa Jawa
ka kat geo;Georgian,ქართული
kab;Kabyle,Taqbaylit
kam;Kamba
kbd;Kabardian
kg kon;Kongo
ki kik;Kikuyu,Gikuyu
kj kua;Kwanyama
kk kaz;Kazakh,Қазақша
kl kal;Kalaallisut,Greenlandic
km khm;Khmer,Cambodian,ភាសាខ្មែរ,ខ្មែរ
kmb;Kimbundu
kn kan;Kannada,ಕನ್ನಡ
ko kor;Korean,한국어
kok gom;Konkani
kr kau;Kanuri
ks kas;Kashmiri
ku kur kmr;Kurdish,Kurmanji,Kurdî
kv kom;Komi
kw cor;Cornish,Kernewek
ky kir;Kyrgyz,Kirghiz,Кыргызча
la lat;Latin,Latina
lad;Ladino,Judeo-Spanish
lb ltz;Luxembourgish,Lëtzebuergesch
lg lug;Ganda,Luganda
li lim;Limburgish
lij;Ligurian
lkt;Lakota
ln lin;Lingala
lo lao;Lao,ລາວ
lt lit;Lithuanian,Lietuvių
lu lub;Luba-Katanga
lua;Luba-Lulua,Tshiluba
luo;Luo,Dholuo
lus;Mizo
lv lav;Latvian,Latviešu
mag;Magahi
mai;Maithili
mg mlg;Malagasy
mh mah;Marshallese
mi mri mao;Maori,Māori,Te Reo
min;Minangkabau
mk mkd mac;Macedonian,Македонски
ml mal;Malayalam,മലയാളം
mn mon;Mongolian,Монгол
mni;Manipuri,Meitei
moh;Mohawk
mos;Mossi,Moore
mr mar;Marathi,मराठी
ms msa may zsm;Malay,Bahasa Melayu
mt mlt;Maltese,Malti
mus;Creek,Muscogee
my mya bur;Burmese,Myanmar,မြန်မာဘာသာ
myv;Erzya
na nau;Nauru
nah nhe;Nahuatl,Nāhuatl
nap;Neapolitan
nb nob;Norwegian Bokmål,Bokmål
nd nde;North Ndebele,Ndebele
nds;Low German,Low Saxon,Plattdüütsch
ne nep npi;Nepali,नेपाली
new;Newari,Nepal Bhasa
ng ndo;Ndonga
nl nld dut;Dutch,Flemish,Nederlands
nn nno;Norwegian Nynorsk,Nynorsk
no nor;Norwegian,Norsk
nr nbl;South Ndebele
nso;Northern Sotho,Sepedi,Pedi
nus;Nuer
nv nav;Navajo,Navaho,Diné bizaad
ny nya;Chichewa,Chewa,Nyanja
nyn;Nyankole,Runyankore
oc oci;Occitan,Provençal
oj oji;Ojibwe,Ojibwa,Ojibway
om orm;Oromo,Afaan Oromoo
or ori ory;Odia,Oriya,ଓଡ଼ିଆ
os oss;Ossetian,Ossetic,Ирон
pa pan pnb;Punjabi,Panjabi,ਪੰਜਾਬੀ
pag;Pangasinan
pam;Kapampangan,Pampanga
pap;Papiamento,Papiamentu
pcm;Nigerian Pidgin,Pidgin
pi pli;Pali
pl pol;Polish,Polski
ps pus pbt;Pashto,Pushto,پښتو
pt por;Portuguese,Português
qu que quy quz;Quechua,Runasimi
rap;Rapa Nui
rm roh;Romansh,Rumantsch
rn run;Rundi,Kirundi
ro ron rum;Romanian,Moldovan,Română
rom;Romani
ru rus;Russian,Русский
rw kin;Kinyarwanda
sa san;Sanskrit,संस्कृतम्
sah;Yakut,Sakha
sat;Santali
sc srd;Sardinian,Sardu
scn;Sicilian,Sicilianu
sco;Scots
sd snd;Sindhi
se sme;Northern Sami,Sami,Davvisámegiella
sg sag;Sango
shi;Tachelhit,Tashelhit
shn;Shan
shp;Shipibo
si sin;Sinhala,Sinhalese,සිංහල
sk slk slo;Slovak,Slovenčina
sl slv;Slovenian,Slovene,Slovenščina
sm smo;Samoan
sn sna;Shona
so som;Somali,Soomaali
sq sqi alb;Albanian,Shqip
sr srp;Serbian,Српски,Srpski
ss ssw;Swati,Swazi
st sot;Southern Sotho,Sesotho,Sotho
su sun;Sundanese
sv swe;Swedish,Svenska
sw swa swh;Swahili,Kiswahili
szl;Silesian,Ślůnski
ta tam;Tamil,தமிழ்
te tel;Telugu,తెలుగు
tet;Tetum,Tetun
tg tgk;Tajik,Тоҷикӣ
th tha;Thai,ไทย,ภาษาไทย
ti tir;Tigrinya,ትግርኛ
tig;Tigre
tk tuk;Turkmen
tl tgl;Tagalog
tlh;Klingon
tn tsn;Tswana,Setswana
to ton;Tongan
tok;Toki Pona
tpi;Tok Pisin
tr tur;Turkish,Türkçe
ts tso;Tsonga,Xitsonga
tt tat;Tatar,Татарча
tum;Tumbuka
tw twi;Twi
ty tah;Tahitian
tyv;Tuvan
tzm;Tamazight
udm;Udmurt
ug uig;Uyghur,Uighur,ئۇيغۇرچە
uk ukr;Ukrainian,Українська
umb;Umbundu
ur urd;Urdu,اردو
uz uzb;Uzbek,Oʻzbekcha
ve ven;Venda
vec;Venetian,Vèneto
vi vie;Vietnamese,Tiếng Việt
vo vol;Volapük
wa wln;Walloon
war;Waray
wo wol;Wolof
xal;Kalmyk
xh xho;Xhosa,isiXhosa
yi yid;Yiddish,ייִדיש
yo yor;Yoruba,Yorùbá
yua;Yucatec Maya,Yucatec,Maya
yue;Cantonese,粵語
za zha;Zhuang
zh zho chi cmn;Chinese,Mandarin,中文,汉语,漢語,华语
zu zul;Zulu,isiZulu
zza;Zaza,Zazaki
";

/// Returns the main code of the language that has this name, in English or in the language itself. The name is in lower
/// case.
pub fn language_by_name(name: &str) -> Option<&'static str> {
    let (codes, _) = find(|_, names| names.split(',').any(|other| other.to_lowercase() == name))?;
    codes.split(' ').next()
}

/// Returns the main code of the language that has this code, in lower case.
pub fn language_by_code(code: &str) -> Option<&'static str> {
    with_code(code)?.0.split(' ').next()
}

/// Returns the usual English name of the language that has this code, in lower case.
pub(crate) fn english_name(code: &str) -> Option<&'static str> {
    with_code(code)?.1.split(',').next()
}

fn with_code(code: &str) -> Option<(&'static str, &'static str)> {
    find(|codes, _| codes.split(' ').any(|other| other == code))
}

fn find(is_wanted: impl Fn(&str, &str) -> bool) -> Option<(&'static str, &'static str)> {
    LANGUAGES.lines().filter_map(|line| line.split_once(';')).find(|(codes, names)| is_wanted(codes, names))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn languages_are_found_by_name_and_by_code() {
        assert_eq!(
            (language_by_name("yoruba"), language_by_name("français"), language_by_name("haitian creole")),
            (Some("yo"), Some("fr"), Some("ht"))
        );
        assert_eq!((language_by_code("deu"), language_by_code("chr")), (Some("de"), Some("chr")));
        assert_eq!((language_by_code("xx"), language_by_code(""), language_by_name("")), (None, None, None));
        assert_eq!((english_name("nob"), english_name("sw")), (Some("Norwegian Bokmål"), Some("Swahili")));
    }

    #[test]
    fn no_code_belongs_to_two_languages() {
        let codes =
            || LANGUAGES.lines().filter_map(|line| line.split_once(';')).flat_map(|(codes, _)| codes.split(' '));
        assert_eq!(codes().count(), codes().collect::<HashSet<_>>().len());
    }
}
