// The tools of Sidekick, without a picture of their own. Each asks Wandstore, to which Shopify adds the session token, and passes
// on the answer (`host/admin/src/sidekick.rs`).

/** What a tool answers if Wandstore does not. */
const AWAY = { error: 'Wandstore did not answer. Try again in a minute.' };

async function ask(tool) {
  try {
    const answer = await fetch(`/admin/sidekick/${tool}`, { headers: { accept: 'application/json' } });
    return answer.ok ? await answer.json() : AWAY;
  } catch {
    return AWAY;
  }
}

export default () => {
  for (const tool of ['status', 'cost', 'effect']) shopify.tools.register(tool, () => ask(tool));
};
