// The announcement of a campaign: it ends with its last day where the shopper is, and its last days are counted down. The
// script of a page and that of the theme's block (`shopify/script`) both have this.

// A countdown of weeks would say no more than the date does.
const COUNTED_MS = 3 * 24 * 60 * 60 * 1000;

// Returns the language of a tag, or the browser's if the tag is invalid. All numbers have Latin digits, as prices have.
const localeOf = (tag) => {
  try {
    return new Intl.Locale(tag, { numberingSystem: 'latn' });
  } catch {}
};

// Takes out the announcements of a tree that have ended, writes the last days of the others in the language, and counts the
// last three of these down. For shoppers who want less motion, only minutes count. A browser that cannot write durations
// (before Chrome 129, Firefox 136 and Safari 16.4) shows the date alone.
const announce = (tree, tag) => {
  const locale = localeOf(tag);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const step = still ? 60 : 1;
  for (const element of tree.querySelectorAll('[data-until]')) {
    const end = Date.parse(element.dataset.until + 'T24:00');
    const timer = Object.assign(document.createElement('p'), { role: 'timer' });
    const count = () => {
      const left = end - Date.now();
      if (left <= 0) return element.remove();
      if (left > COUNTED_MS || !Intl.DurationFormat) return;
      const seconds = Math.ceil(left / 1000 / step) * step;
      const whole = (size, most) => Math.floor(seconds / size) % most;
      const duration = { days: whole(86400, 9), hours: whole(3600, 24), minutes: whole(60, 60), seconds: whole(1, 60) };
      timer.textContent = new Intl.DurationFormat(locale, { style: still ? 'short' : 'digital' }).format(duration);
      element.append(timer);
      setTimeout(() => element.isConnected && count(), left - (seconds - step) * 1000);
    };
    element.querySelector('time').textContent = new Date(end - 1).toLocaleDateString(locale, { dateStyle: 'long' });
    count();
  }
};

export { announce };
