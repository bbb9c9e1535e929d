//! Product images as SVG, small enough to be embedded in a page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A product image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// The shape.
    pub shape: Shape,
    /// The colours.
    pub palette: Palette,
    /// Alternative text.
    pub alt: &'static str,
}

/// Four colours, three hexadecimal digits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// The light around the object.
    pub glow: &'static str,
    /// The background that the light fades into.
    pub ground: &'static str,
    /// The object itself.
    pub body: &'static str,
    /// The details.
    pub accent: &'static str,
}

/// The shape of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A straight wand with a wrapped handle.
    Wand,
    /// A wand of two strands.
    Twist,
    /// A wand with a stone at its tip.
    Gem,
    /// A wand that ends in a curl.
    Crook,
    /// A wand with leaves.
    Branch,
    /// Two wands, crossed.
    Duet,
    /// A vial with something bright in it.
    Vial,
    /// A feather.
    Feather,
    /// A leather sheath with a wand in it.
    Holster,
    /// A jar with a lid.
    Jar,
    /// A folded cloth.
    Cloth,
    /// A book.
    Book,
    /// A box with a bow.
    Box,
    /// A scroll with a seal.
    Scroll,
    /// A wand on its stand.
    Stand,
}

impl Picture {
    /// Width and height in CSS pixels.
    pub const SIDE: u32 = 600;

    /// Returns the picture as a `data:` URL (RFC 2397).
    pub fn url(&self) -> String {
        format!("data:image/svg+xml,{}", percent_encoded(&self.svg()))
    }

    /// Draws the SVG. The background is a CSS background of the root element, because a gradient drawn in SVG
    /// takes three times the bytes.
    fn svg(&self) -> String {
        let Palette { glow, ground, body, accent } = self.palette;
        let light = self.shape.light();
        let outline = self.shape.outline(body, accent);
        let side = Self::SIDE;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0,0,{side},{side}" style="background:radial-gradient(circle at {light},#{glow},#{ground} 80%)">{outline}</svg>"#
        )
    }
}

impl Shape {
    /// Returns the centre of the light: the tip of a wand, or the middle of any other shape.
    fn light(self) -> &'static str {
        match self {
            Self::Wand | Self::Twist | Self::Gem | Self::Branch => "72% 28%",
            Self::Crook => "72% 42%",
            _ => "50% 45%",
        }
    }

    fn outline(self, body: &str, accent: &str) -> String {
        match self {
            Self::Wand => [shaft(body), handle(accent), SPARKLES.into()].concat(),
            Self::Twist => {
                [strand("85,5,80-80", body), strand("-5-85,80-80", accent), SPARKLES.into()].concat()
            }
            Self::Gem => [
                shaft(body),
                handle(accent),
                fill("M480,96l16,74-90,94-66-66z", accent),
                fill("M480,96l-74,168,90-94z", "fff8"),
            ]
            .concat(),
            Self::Crook => [
                stroke("M110,500L380,236c60-70,140-20,100,50s-110,0-70-40", body, 24),
                handle(accent),
                fill("M300,90q4,46,50,50q-46,4-50,50q-4-46-50-50q46-4,50-50", "fff"),
            ]
            .concat(),
            Self::Branch => [shaft(body), fill(LEAVES, accent), SPARKLES.into()].concat(),
            Self::Duet => [
                fill("M120,500L478,122,152,524z", body),
                fill("M480,500L122,122,448,524z", body),
                wrapping("M136,512l80-88M464,512l-80-88", accent),
                fill("M300,80q6,72,78,78q-72,6-78,78q-6-72-78-78q72-6,78-78", "fff"),
            ]
            .concat(),
            Self::Vial => [
                fill("M250,130h100v120q90,60,90,150,0,110-140,110T160,400q0-90,90-150z", "fff6"),
                fill("M180,380h240q10,110-120,110T180,380", body),
                fill("M240,90h120v60H240z", accent),
                fill("M300,280q5,55,60,60q-55,5-60,60q-5-55-60-60q55-5,60-60", "fff"),
            ]
            .concat(),
            Self::Feather => [
                fill("M150,480C130,280,260,120,470,110c10,200-110,330-290,340z", body),
                stroke(
                    "M110,520Q240,330,400,190M240,350l20-100M240,350l110-10M310,275l20-80M310,275l90-10",
                    accent,
                    10,
                ),
            ]
            .concat(),
            Self::Holster => [
                fill("M285,70h30v200h-30z", accent),
                fill("M220,190h160l-35,330q-45,40-90,0z", body),
                stroke("M216,250h168M228,360h144", accent, 28),
                fill("M282,232h36v36h-36zM282,342h36v36h-36z", "fff"),
            ]
            .concat(),
            Self::Jar => [
                fill("M150,230h300v200q0,60-60,60H210q-60,0-60-60z", body),
                fill("M135,160h330v80H135z", accent),
                fill("M300,280q6,72,78,78q-72,6-78,78q-6-72-78-78q72-6,78-78", "fff"),
            ]
            .concat(),
            Self::Cloth => [
                fill("M100,250l200-100,200,100-200,100z", accent),
                fill("M100,250l200,100,200-100v140L300,490,100,390z", body),
                stroke("M100,300l200,100,200-100M100,345l200,100,200-100", accent, 8),
            ]
            .concat(),
            Self::Book => [
                fill("M160,490V140q0-30,30-30h260v400H180q-20,0-20-20", "fff"),
                fill("M160,490V140q0-30,30-30h260v350H190q-30,0-30,30", body),
                stroke("M200,110v350", accent, 9),
                fill("M325,190q8,82,90,90q-82,8-90,90q-8-82-90-90q82-8,90-90", accent),
            ]
            .concat(),
            Self::Box => [
                fill("M130,270h340v230H130zM110,195h380v65H110z", body),
                fill("M270,195h60v305h-60z", accent),
                stroke("M300,195Q140,200,190,110q70-20,110,85,40-105,110-85,50,90-110,85", accent, 26),
            ]
            .concat(),
            Self::Scroll => [
                fill("M160,150h280v300H160z", body),
                stroke("M120,150h360M120,450h360", accent, 50),
                stroke("M200,225h200M200,275h200M200,325h90", accent, 10),
                fill("M365,323q42,0,42,42t-42,42-42-42,42-42", "c23"),
            ]
            .concat(),
            Self::Stand => [
                fill("M80,350L540,220,86,384z", accent),
                fill(
                    "M110,500h380v-40h-75V280h-20v30h-30v-30h-20v180H245V315h-20v30h-30v-30h-20v145h-65z",
                    body,
                ),
                fill("M300,110q4,46,50,50q-46,4-50,50q-4-46-50-50q46-4,50-50", "fff"),
            ]
            .concat(),
        }
    }
}

/// Draws four-pointed stars: a large one at the tip of a wand, a small one beside it.
const SPARKLES: &str = r##"<path d="M430,90q6,72,78,78q-72,6-78,78q-6-72-78-78q72-6,78-78M150,140q3,33,36,36q-33,3-36,36q-3-33-36-36q33-3,36-36" fill="#fff"/>"##;

const LEAVES: &str = "M262,328q-90-10-90-100,90,10,90,100,10-90-20-140M280,314q90,20,130,70-90,30-130-70M340,254q-60-60-20-120,50,60,20,120";

fn shaft(colour: &str) -> String {
    fill("M100,482L432,166,134,516z", colour)
}

fn handle(colour: &str) -> String {
    wrapping("M118,499l92-90", colour)
}

/// Draws thread that is wound around `path`.
fn wrapping(path: &str, colour: &str) -> String {
    format!(r##"<path d="{path}" stroke="#{colour}" stroke-width="44" stroke-dasharray="12,9"/>"##)
}

/// Draws one of two strands that wind around each other. They differ in their first bend.
fn strand(bend: &str, colour: &str) -> String {
    stroke(&format!("M110,500q{bend}t80-80,80-80,80-92"), colour, 22)
}

fn fill(path: &str, colour: &str) -> String {
    format!(r##"<path d="{path}" fill="#{colour}"/>"##)
}

fn stroke(path: &str, colour: &str, width: u32) -> String {
    format!(r##"<path d="{path}" fill="none" stroke="#{colour}" stroke-width="{width}"/>"##)
}

/// Encodes characters that a URL must not contain (WHATWG URL, path percent-encode set), and quotes, which would
/// be longer when escaped in HTML.
fn percent_encoded(svg: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'/')
        .remove(b':')
        .remove(b'=')
        .remove(b'(')
        .remove(b')')
        .remove(b',');
    utf8_percent_encode(svg, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> impl Iterator<Item = Picture> {
        crate::PRODUCTS.iter().map(|product| product.picture)
    }

    /// The decoded URL (RFC 3986, section 2.1).
    fn decoded(url: &str) -> String {
        let mut parts = url.split('%');
        let head = parts.next().unwrap().to_owned();
        parts.fold(head, |text, part| {
            let (digits, rest) = part.split_at(2);
            text + &char::from(u8::from_str_radix(digits, 16).unwrap()).to_string() + rest
        })
    }

    #[test]
    fn a_url_decodes_to_its_svg() {
        for picture in pictures() {
            let svg = picture.svg();
            assert!(svg.is_ascii());
            assert_eq!(decoded(&picture.url()), format!("data:image/svg+xml,{svg}"));
        }
    }

    #[test]
    fn a_url_needs_no_escaping_in_html_or_css() {
        for url in pictures().map(|picture| picture.url()) {
            assert!(!url.contains(['"', '\'', '<', '>', '&', '#', ' ', '\n', '{', '}', '\\']), "{url}");
        }
    }

    #[test]
    fn a_drawing_is_a_list_of_closed_paths() {
        for picture in pictures() {
            let svg = picture.svg();
            let inner = svg.strip_suffix("</svg>").unwrap().split_once('>').unwrap().1;
            let elements: Vec<&str> = inner.split_terminator("/>").collect();
            assert!(elements.len() >= 2, "{picture:?}");
            for element in elements {
                assert!(element.starts_with("<path d=\"M") && element.ends_with('"'), "{element}");
                assert_eq!(element.matches(['<', '>']).count(), 1, "{element}");
                assert_eq!(element.matches('"').count() % 2, 0, "{element}");
            }
        }
    }

    #[test]
    fn pictures_are_small() {
        for picture in pictures() {
            assert!(picture.url().len() <= 600, "{picture:?}: {} bytes", picture.url().len());
        }
    }
}
