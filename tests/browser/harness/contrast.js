// The contrast of text, from styles that the browser computed (WCAG 2.2, "contrast ratio").

/** The contrast of each text in the page's body, the worst first. */
export async function contrasts(page) {
  const texts = await page.evaluate(coloursOfTexts);
  const rated = texts.map(({ text, colour, ground }) => ({ text, ratio: ratio(colour, ground) }));
  return rated.sort((a, b) => a.ratio - b.ratio);
}

/** From 0, black, to 1, white. */
export function luminance(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, from 1 to 21. */
export function ratio(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Runs in the page. A colour without transparency is written `rgb(…)` there. */
function coloursOfTexts() {
  const groundOf = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor.startsWith('rgb(') ? backgroundColor : groundOf(element.parentElement);
  };
  const textOf = (element) => [...element.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.data).join('').trim();
  return [...document.querySelectorAll('body *:not(script)')]
    .filter((element) => element.checkVisibility() && textOf(element) !== '')
    .map((element) => ({
      text: textOf(element),
      colour: getComputedStyle(element).color,
      ground: groundOf(element),
    }));
}
