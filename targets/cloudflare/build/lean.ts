//! Shortens the way from a core module to the glue. jco records every call of an import as a task and a subtask, and
//! awaits several promises even where the glue answers at once. Those records are for components that call each other
//! concurrently; here an instance has one call at a time, and imports are plain functions.
//!
//! For the same reason, a call between components is part of its caller's task. A shortened import still converts its
//! arguments and results by jco's own code, and suspends its caller only if the glue returned a promise.

/** What a shortened import calls; goes into the scope of jco's `instantiate`. */
const HELPERS = `
  /** Calls the glue, and passes its answer, or the error that it returned, to \`finish\`. */
  function _callGlue(componentIdx, call, finish, isResult) {
    const failed = (error) => {
      if (getOrCreateAsyncState(componentIdx).markTrapped(error) || !isResult) throw error;
      return finish({ tag: 'err', val: getErrorPayload(error) });
    };
    const isTagged = (answer) => answer?.tag === 'ok' || answer?.tag === 'err';
    const done = (answer) => finish(isResult && !isTagged(answer) ? { tag: 'ok', val: answer } : answer);
    let answer;
    try {
      answer = call();
    } catch (error) {
      return failed(error);
    }
    return answer instanceof Promise ? answer.then(done, failed) : done(answer);
  }

  /** Makes an import of a core module. When its caller resumes, its task is the current one again. */
  function _importGlue(componentIdx, lowered) {
    const call = (...args) => {
      _checkMayLeave(componentIdx);
      const own = CURRENT_TASK_META[componentIdx];
      const current = CURRENT_TASK_META.current;
      const answer = lowered(...args);
      if (!(answer instanceof Promise)) return answer;
      return answer.finally(() => {
        CURRENT_TASK_META[componentIdx] = own;
        CURRENT_TASK_META.current = current;
      });
    };
    return lowered.manuallyAsync ? new WebAssembly.Suspending(call) : call;
  }

  /** For each running call between components: the callee, and the current tasks before it. */
  const _callers = [];

  /** Begins a call between components, as part of the caller's task. */
  function _enterCall(caller, _, callee) {
    _callers.push(callee, CURRENT_TASK_META[callee], CURRENT_TASK_META.current);
    CURRENT_TASK_META.current = CURRENT_TASK_META[callee] = CURRENT_TASK_META[caller] ?? CURRENT_TASK_META.current;
    return 1;
  }

  /** Ends it. */
  function _exitCall() {
    CURRENT_TASK_META.current = _callers.pop();
    const before = _callers.pop();
    CURRENT_TASK_META[_callers.pop()] = before;
  }
`;

/** An import as jco writes it: number, whether it may wait, parameters, body. */
const IMPORT = /const _trampoline(\d+) = (?:async )?function\(([^)]*)\) \{\n(.*?)\n  \}\n  (?=_trampoline\1\.fnName = )/gs;
/** Its body: the arguments' conversion, the records, the call, the results' conversion. */
const BODY =
  /^(.*?)const hostProvided = true;.*?let ret;.*?fn: \(\) => _trackHostOperation\(\(\) => (.*?)\),\n\s*\}\)\n\s*;\n.*?\n {4}\}\n(.*?)\n\s*task\.resolve\(\[[^\n]*\]\);\n\s*task\.exit\(\);(.*)$/s;
/** Where the import is given to the core modules. */
const GIVEN = /let trampoline(\d+) = _trampoline\1\.manuallyAsync \? new WebAssembly\.Suspending\(_suspendingImport\((\d+),/g;

/** Where calls between components begin and end, as jco writes it. */
const ENTER = /= _conditionalSuspending3I32ToVoid\(\n.*?\n\s*\);/s;
const EXIT = '= _symmetricSyncGuestCallExit;';

/** Returns jco's script with every import and every call between components shortened; fails if one has another form. */
export function shorten(source: string, name: string): string {
  const components = new Map([...source.matchAll(GIVEN)].map(([, number, component]) => [number, component]));
  let shortened = 0;
  const replaced = source.replace(IMPORT, (_, number: string, parameters: string, body: string) => {
    const parts = BODY.exec(body);
    const component = components.get(number);
    if (!parts || !component) throw new Error(`${name}.js: import ${number} has a form that the build does not know`);
    shortened += 1;
    const [, before, call, after, result] = parts;
    const isResult = body.includes("errHandling: 'result-catch-handler'");
    const finish = `const finish = (ret) => {\n${after}\n${result}\n    };`;
    const called = `return _callGlue(${component}, () => ${call}, finish, ${isResult});`;
    return `const _trampoline${number} = function(${parameters}) {\n${before}${finish}\n    ${called}\n  }\n  `;
  });
  if (ENTER.test(source) !== source.includes(EXIT)) {
    throw new Error(`${name}.js: calls between components have a form that the build does not know`);
  }
  if (shortened === 0) throw new Error(`${name}.js has no import in the form that the build knows`);
  return replaced
    .replace(GIVEN, (given, number: string, component: string) =>
      given.replace('= ', `= true ? _importGlue(${component}, _trampoline${number}) : `),
    )
    .replace(ENTER, '= _enterCall;')
    .replace(EXIT, '= _exitCall;')
    .replace(/\n(?=\s*function _suspendingImport\()/, `\n${HELPERS}\n`);
}
