//! Tables of settings that are documented once: the comment above a field is both its rustdoc and its comment in the
//! commented TOML.

/// The keys of one table of settings, in order, each with the lines of its documentation.
pub(crate) type Documentation = &'static [(&'static str, &'static [&'static str])];

/// Declares a struct of settings, and keeps the comments of its fields in the constant `DOCUMENTATION`.
macro_rules! settings_table {
    ($(#[$attribute:meta])* pub struct $name:ident { $($(#[doc = $line:literal])+ pub $key:ident: $type:ty,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $line])+ pub $key: $type,)+
        }

        impl $name {
            pub(crate) const DOCUMENTATION: $crate::settings::table::Documentation =
                &[$((stringify!($key), &[$($line),+])),+];
        }
    };
}
pub(crate) use settings_table;
