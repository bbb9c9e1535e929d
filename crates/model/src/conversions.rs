//! Conversions between our own types and the types that bindings generate from WIT, if both have the same shape.

/// Implements `From` in both directions between one of our types and one that bindings generate from WIT.
///
/// Both have the same variants, with at most one value each, or the same fields. Values are converted as well.
/// After a field, `option` or `list` says that it contains the values to convert. A variant or a field that is
/// missing on either side does not compile.
///
/// ```
/// # mod wit { pub enum Work { Page(String), Maintenance } pub struct Job { pub id: u64, pub work: Vec<Work> } }
/// enum Work { Page(String), Maintenance }
/// struct Job { id: u64, work: Vec<Work> }
///
/// model::conversions!(enum Work as wit::Work { Page(shopper), Maintenance });
/// model::conversions!(struct Job as wit::Job { id, work: list });
/// ```
#[macro_export]
macro_rules! conversions {
    (enum $ours:ty as $wit:ty { $($case:ident $(($value:ident))?),+ $(,)? }) => {
        $crate::conversions!(@cases $ours => $wit { $($case $(($value))?),+ });
        $crate::conversions!(@cases $wit => $ours { $($case $(($value))?),+ });
    };
    (struct $ours:ty as $wit:ty { $($field:ident $(: $kind:ident)?),+ $(,)? }) => {
        $crate::conversions!(@fields $ours => $wit { $($field $(: $kind)?),+ });
        $crate::conversions!(@fields $wit => $ours { $($field $(: $kind)?),+ });
    };
    (@cases $from:ty => $to:ty { $($case:ident $(($value:ident))?),+ }) => {
        impl From<$from> for $to {
            fn from(given: $from) -> Self {
                type Given = $from;
                match given {
                    $(Given::$case $(($value))? => Self::$case $(($value.into()))?,)+
                }
            }
        }
    };
    (@fields $from:ty => $to:ty { $($field:ident $(: $kind:ident)?),+ }) => {
        impl From<$from> for $to {
            fn from(given: $from) -> Self {
                type Given = $from;
                let Given { $($field),+ } = given;
                Self { $($field: $crate::conversions!(@value $field $($kind)?)),+ }
            }
        }
    };
    (@value $value:ident) => { $value.into() };
    (@value $value:ident option) => { $value.map(Into::into) };
    (@value $value:ident list) => { $value.into_iter().map(Into::into).collect() };
}

#[cfg(test)]
mod tests {
    use crate::Persona;

    /// As bindings would have them.
    mod bound {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Persona {
            Minimalist,
            Explorer,
            Dealhunter,
            Loyalist,
        }

        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Found {
            Page(Persona),
            Nothing,
        }

        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Order {
            pub shopper: String,
            pub persona: Option<Persona>,
            pub pages: Vec<Found>,
        }
    }

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Found {
        Page(Persona),
        Nothing,
    }

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Order {
        shopper: String,
        persona: Option<Persona>,
        pages: Vec<Found>,
    }

    crate::persona_conversions!(bound::Persona);
    conversions!(enum Found as bound::Found { Page(persona), Nothing });
    conversions!(struct Order as bound::Order { shopper, persona: option, pages: list });

    #[test]
    fn variants_and_what_is_in_them_cross_and_come_back() {
        for (ours, bound) in [
            (Found::Page(Persona::Loyalist), bound::Found::Page(bound::Persona::Loyalist)),
            (Found::Page(Persona::Explorer), bound::Found::Page(bound::Persona::Explorer)),
            (Found::Nothing, bound::Found::Nothing),
        ] {
            assert_eq!(bound::Found::from(ours.clone()), bound);
            assert_eq!(Found::from(bound), ours);
        }
    }

    #[test]
    fn fields_and_what_is_in_them_cross_and_come_back() {
        let ours = Order {
            shopper: "abc123".to_owned(),
            persona: Some(Persona::Dealhunter),
            pages: vec![Found::Nothing, Found::Page(Persona::Minimalist)],
        };
        let bound = bound::Order {
            shopper: "abc123".to_owned(),
            persona: Some(bound::Persona::Dealhunter),
            pages: vec![bound::Found::Nothing, bound::Found::Page(bound::Persona::Minimalist)],
        };
        assert_eq!(bound::Order::from(ours.clone()), bound);
        assert_eq!(Order::from(bound), ours);
    }
}
