// Runs in the page before anything else there, and notes what cannot be seen afterwards.

window.witness = { shifts: [], transitions: 0 };

{
  const note = (entries) => {
    for (const { value, sources } of entries) {
      window.witness.shifts.push({ value, moved: sources.map(({ node }) => node?.nodeName) });
    }
  };
  // Shifts that follow an input count too: the metric forgives them, a reader does not.
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: true });
  window.witness.settle = () => note(observer.takeRecords());
}

{
  const { startViewTransition } = Document.prototype;
  Document.prototype.startViewTransition = function (...change) {
    window.witness.transitions += 1;
    return startViewTransition.apply(this, change);
  };
}
