//! Conversions between this vocabulary and what bindings generate from WIT.

/// Implements the conversions between [`llm`](crate::llm) and the bindings to the interface `llm` of
/// `wandstore:capabilities`.
#[macro_export]
macro_rules! llm_conversions {
    ($($wit:ident)::+) => {
        const _: () = {
            use $($wit)::+ as wit;

            $crate::conversions!(enum $crate::llm::Role as wit::Role { System, User, Assistant });
            $crate::conversions!(struct $crate::llm::Message as wit::Message { role, text });
            $crate::conversions!(struct $crate::llm::Request as wit::Request {
                messages: list, schema, schema_name, tokens_max, calls_max, is_optional
            });
            $crate::conversions!(enum $crate::llm::Ending as wit::Ending { Complete, Length, Filter });
            $crate::conversions!(struct $crate::llm::Completion as wit::Completion {
                text, model, configured_model, tokens_in, tokens_out, ending, calls, cost_microdollars
            });
            $crate::cause_conversions!(wit::Cause);
            $crate::conversions!(struct $crate::llm::Failed as wit::Failed { cause, said, retry_after_ms });
            $crate::conversions!(enum $crate::llm::Error as wit::Error { NotConfigured, Failed(failed) });
        };
    };
}
