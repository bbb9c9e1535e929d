//! Types of ours and types that bindings make of WIT: where they are the same under other names, this converts.

/// Converts a type of ours into one that bindings made of WIT, and back.
///
/// Both have the same variants, with at most one value each, or the same fields; values are converted in turn.
/// A variant or a field that is left out, on either side, does not compile.
///
/// ```
/// # mod job_types { pub enum Outcome { Done(u64), Failed } pub struct Member { pub name: String } }
/// enum Outcome { Done(u64), Failed }
/// struct Member { name: String }
///
/// names::crosses!(enum Outcome as job_types::Outcome { Done(note), Failed });
/// names::crosses!(struct Member as job_types::Member { name });
/// ```
#[macro_export]
macro_rules! crosses {
    (enum $ours:ty as $wit:ty { $($case:ident $(($value:ident))?),+ $(,)? }) => {
        $crate::crosses!(@cases $ours => $wit { $($case $(($value))?),+ });
        $crate::crosses!(@cases $wit => $ours { $($case $(($value))?),+ });
    };
    (struct $ours:ty as $wit:ty { $($field:ident),+ $(,)? }) => {
        $crate::crosses!(@fields $ours => $wit { $($field),+ });
        $crate::crosses!(@fields $wit => $ours { $($field),+ });
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
    (@fields $from:ty => $to:ty { $($field:ident),+ }) => {
        impl From<$from> for $to {
            fn from(given: $from) -> Self {
                type Given = $from;
                let Given { $($field),+ } = given;
                Self { $($field: $field.into()),+ }
            }
        }
    };
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
        pub struct Facts {
            pub persona: Persona,
            pub planned_ms: u64,
        }
    }

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Found {
        Page(Persona),
        Nothing,
    }

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Facts {
        persona: Persona,
        planned_ms: u64,
    }

    crosses!(enum Persona as bound::Persona { Minimalist, Explorer, Dealhunter, Loyalist });
    crosses!(enum Found as bound::Found { Page(persona), Nothing });
    crosses!(struct Facts as bound::Facts { persona, planned_ms });

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
        let ours = Facts { persona: Persona::Dealhunter, planned_ms: 7 };
        let bound = bound::Facts { persona: bound::Persona::Dealhunter, planned_ms: 7 };
        assert_eq!(bound::Facts::from(ours.clone()), bound);
        assert_eq!(Facts::from(bound), ours);
    }
}
