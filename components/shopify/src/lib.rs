//! What Shopify says and expects, as plain functions: signatures, shops, webhooks, tokens, Liquid.
