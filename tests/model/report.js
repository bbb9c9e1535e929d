// What became of the pages: a line for each, the sums, and whether they are good enough.

/** The least of twenty pages that are the model's without a second call. */
export const PASSED_MIN = 16;

/** Returns the ids of an answer that its question does not offer. An answer may be cut off, so it is no JSON. */
export function unknownIds({ question, answer }) {
  const offered = new Set(question.messages.flatMap(({ content }) => (
    [...content.matchAll(/^(\d+) \| /gm)].map(([, number]) => number))));
  const members = [...(answer?.text ?? '').matchAll(/"products?"\s*:\s*(\[[^\]]*|"[^"]*")/g)].map(([, value]) => value);
  const named = members.flatMap((value) => [...value.matchAll(/"([^"]*)"/g)].map(([, id]) => id));
  return named.filter((id) => !offered.has(id));
}

/** Returns how many texts an answer has, and how many of them are not in its question: a small model repeats it. */
export function textsOf({ question, answer }) {
  const given = question.messages.filter(({ role }) => role !== 'assistant');
  const asked = given.map(({ content }) => content).join('\n');
  const members = (answer?.text ?? '').matchAll(/"(?:title|headline|heading|text)"\s*:\s*"((?:[^"\\]|\\.)*)"/g);
  const texts = [...members].map(([, text]) => text);
  return { all: texts.length, own: texts.filter((text) => !asked.includes(text)).length };
}

/** Returns the events of a page's journal with this message, each as its particulars. */
function events(log, message) {
  const particulars = (text) => Object.fromEntries(
    [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  return log.filter(({ fields }) => fields.message === message).map(({ fields }) => particulars(fields.particulars));
}

/** Sums up a page: its headers, the exchanges with the model, and the host's log lines meanwhile. */
export function rowOf({ shopper, headers, exchanges, log, seconds }) {
  const answers = exchanges.flatMap(({ answer }) => answer ?? []);
  const sum = (of) => answers.reduce((total, answer) => total + of(answer), 0);
  const source = headers.get('x-wand-source');
  return {
    shopper: shopper.id,
    persona: headers.get('x-wand-persona'),
    source,
    calls: exchanges.length,
    outcome: outcomeOf(source, exchanges.length),
    endings: answers.map(({ finishReason }) => finishReason).join(' '),
    share: [...events(log, 'a plan was mended'), ...events(log, 'a plan was refused')].at(-1)?.models_blocks ?? (source === 'llm' ? 'all' : ''),
    mended: events(log, 'a plan was mended').at(-1)?.mended ?? '',
    unknown: exchanges.flatMap(unknownIds),
    texts: exchanges.length > 0 ? textsOf(exchanges.at(-1)) : { all: 0, own: 0 },
    refused: exchanges.slice(1).flatMap(({ question }) => complaints(question.messages.at(-1).content)),
    tokensIn: sum(({ tokensIn }) => tokensIn),
    cached: sum(({ cached }) => cached),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    seconds,
  };
}

function outcomeOf(source, calls) {
  if (source === 'llm') return calls === 1 ? 'passed' : 'repaired';
  return calls === 0 ? 'held' : 'local';
}

/** Returns the problems that a question for a repair lists. */
function complaints(text) {
  return [...text.matchAll(/^- (.*)$/gm)].map(([, problem]) => problem);
}

/** Returns the report as Markdown. */
export function reportOf(rows) {
  const columns = {
    shopper: ({ shopper }) => shopper,
    persona: ({ persona }) => persona,
    outcome: ({ outcome }) => outcome,
    "the model's blocks": ({ share }) => share,
    'own texts': ({ texts }) => `${texts.own} of ${texts.all}`,
    mended: ({ mended }) => mended,
    ending: ({ endings }) => endings,
    'unknown ids': ({ unknown }) => unknown.length,
    'tokens in (cached)': ({ tokensIn, cached }) => `${tokensIn} (${cached})`,
    'tokens out': ({ tokensOut }) => tokensOut,
    seconds: ({ seconds }) => seconds.toFixed(1),
  };
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const names = Object.keys(columns);
  const body = rows.map((row) => line(Object.values(columns).map((of) => of(row))));
  return [line(names), line(names.map(() => '---')), ...body, '', ...sums(rows)].join('\n');
}

function sums(rows) {
  const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
  const total = (of) => rows.reduce((sum, row) => sum + of(row), 0);
  const mean = (of) => total(of) / rows.length;
  const unknown = rows.flatMap((row) => row.unknown);
  return [
    `${rows.length} pages: ${count('passed')} the model's without repair, ${count('repaired')} the model's after one, `
      + `${count('local')} the local planner's, ${count('held')} without a call after too many useless answers; `
      + `${unknown.length} unknown ids`,
    `${total(({ texts }) => texts.own)} of ${total(({ texts }) => texts.all)} texts are the model's own; the others are `
      + 'in its question',
    `a page on average: ${mean((row) => row.tokensIn).toFixed(0)} tokens in, of which `
      + `${mean((row) => row.cached).toFixed(0)} cached, ${mean((row) => row.tokensOut).toFixed(0)} tokens out, `
      + `${mean((row) => row.seconds).toFixed(1)} seconds`,
    ...rows.flatMap((row) => row.refused.map((problem) => `refused of ${row.shopper}: ${problem}`)),
  ];
}

/** Returns what is wrong with the pages, if anything is. */
export function failures(rows) {
  const passed = rows.filter(({ outcome }) => outcome === 'passed').length;
  const least = Math.ceil((rows.length * PASSED_MIN) / 20);
  const named = rows.filter(({ unknown }) => unknown.length > 0);
  return [
    ...(passed < least ? [`${passed} of ${rows.length} pages passed without repair; at least ${least} must`] : []),
    ...named.map(({ shopper, unknown }) => `the page of ${shopper} named unknown ids: ${unknown.join(', ')}`),
  ];
}
