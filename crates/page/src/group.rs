//! Products with a property in common, such as their product type.

use model::catalog::{Image, Product};
use model::text::is_visible;

/// The fewest groups that are worth a choice.
const GROUPS_MIN: usize = 3;
/// The most groups.
const GROUPS_MAX: usize = 8;

/// Products with a property in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    /// The property, such as `Hats`.
    pub name: &'a str,
    /// The picture of one of the products.
    pub image: Option<&'a Image>,
    count: usize,
}

/// Returns the groups that products form, the largest first; none if there are too few to choose from.
pub fn groups<'a>(products: &[&'a Product], property: fn(&Product) -> &str) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for &product in products {
        let (name, image) = (property(product).trim(), product.image.as_ref());
        match groups.iter_mut().find(|group| group.name == name) {
            // The first products of a shop are shown on their own, so the last one stands for a group.
            Some(group) => *group = Group { count: group.count + 1, image: image.or(group.image), ..*group },
            None if is_visible(name) => groups.push(Group { name, image, count: 1 }),
            None => {}
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups.truncate(GROUPS_MAX);
    if groups.len() < GROUPS_MIN { Vec::new() } else { groups }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(category: &str, picture: &str) -> Product {
        Product {
            id: String::new(),
            title: String::new(),
            description: String::new(),
            vendor: String::new(),
            category: category.to_owned(),
            tags: Vec::new(),
            url: String::new(),
            image: (!picture.is_empty()).then(|| Image {
                url: picture.to_owned(),
                alt: String::new(),
                width: 1,
                height: 1,
            }),
            price: 0,
            price_before: None,
            available: true,
            ..Product::default()
        }
    }

    fn grouped(products: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let products: Vec<_> =
            products.iter().map(|(category, picture)| product(category, picture)).collect();
        let groups = groups(&products.iter().collect::<Vec<_>>(), |product| &product.category);
        let seen = |group: Group<'_>| (group.name.to_owned(), group.image.map(|image| image.url.clone()));
        groups.into_iter().map(seen).collect()
    }

    #[test]
    fn the_largest_group_is_first_and_its_last_picture_stands_for_it() {
        let of = |name: &str, picture: Option<&str>| (name.to_owned(), picture.map(str::to_owned));
        let products = [
            ("Hats", ""),
            ("Wands", "a"),
            (" Wands ", "b"),
            ("Wands", ""),
            ("", "x"),
            ("\u{200b}", "x"),
            ("Books", "c"),
        ];
        assert_eq!(grouped(&products), [of("Wands", Some("b")), of("Hats", None), of("Books", Some("c"))]);
    }

    #[test]
    fn two_groups_are_no_choice_and_more_than_eight_are_cut() {
        assert_eq!(grouped(&[("Hats", ""), ("Wands", "")]), []);
        let names: Vec<_> = (0..20).map(|at| at.to_string()).collect();
        assert_eq!(grouped(&names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>()).len(), 8);
    }
}
