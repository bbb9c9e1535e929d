//! Checks the keys of a TOML document against the known ones.

use anyhow::bail;
use toml::{Table, Value};

/// Stands for any key: below it, all tables have the same keys.
pub const ANY: &str = "*";

/// Refuses a key in `found` that is not in `known`, and names the nearest known one.
pub fn check(found: &Table, known: &Table) -> anyhow::Result<()> {
    check_below("", found, known)
}

fn check_below(path: &str, found: &Table, known: &Table) -> anyhow::Result<()> {
    for (key, value) in found {
        let Some(model) = known.get(key).or_else(|| known.get(ANY)) else {
            bail!("unknown key `{path}{key}`{}", hint(path, key, known));
        };
        match (value, model) {
            (Value::Table(found), Value::Table(known)) => {
                check_below(&format!("{path}{key}."), found, known)?;
            }
            (_, Value::Table(_)) => bail!("`{path}{key}` is a section: write it as [{path}{key}]"),
            _ => {}
        }
    }
    Ok(())
}

fn hint(path: &str, key: &str, known: &Table) -> String {
    let nearest = known.keys().max_by(|a, b| strsim::jaro(a, key).total_cmp(&strsim::jaro(b, key)));
    nearest.map(|nearest| format!("; did you mean `{path}{nearest}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        let known = "a_key = 1\n[section]\nttl_seconds = 1\n[map.'*']\nname = ''".parse().unwrap();
        check(&text.parse().unwrap(), &known).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn known_keys_pass() {
        assert_eq!(refusal("a_key = 2\n[section]\nttl_seconds = 3\n[map.mine]\nname = 'x'"), "");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest() {
        assert_eq!(
            refusal("[section]\nttl_secs = 3"),
            "unknown key `section.ttl_secs`; did you mean `section.ttl_seconds`?"
        );
        assert_eq!(
            refusal("[map.mine]\nnam = 'x'"),
            "unknown key `map.mine.nam`; did you mean `map.mine.name`?"
        );
    }

    #[test]
    fn a_value_is_no_section() {
        assert_eq!(refusal("section = 3"), "`section` is a section: write it as [section]");
    }
}
