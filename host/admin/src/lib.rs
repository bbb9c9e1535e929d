//! Installation and the embedded admin.
