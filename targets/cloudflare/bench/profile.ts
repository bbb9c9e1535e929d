//! A CPU profile of a Worker, by the inspector of workerd.

import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

interface Node {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  hitCount: number;
}

/** Connects to an inspector; the function that it returns records while `work` runs, and prints the hottest functions. */
export async function record(address: string, file: string): Promise<(work: () => unknown) => Promise<void>> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
  };
  let last = 0;
  const send = (method: string, params = {}) =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return async (work) => {
    await send('Profiler.enable');
    await send('Profiler.setSamplingInterval', { interval: 200 });
    await send('Profiler.start');
    work();
    await setTimeout(100);
    const { profile } = (await send('Profiler.stop')) as { profile: { nodes: Node[] } };
    await writeFile(file, JSON.stringify(profile));
    print(profile.nodes);
    socket.close();
  };
}

function print(nodes: Node[]): void {
  const hits = new Map<string, number>();
  let all = 0;
  for (const { callFrame, hitCount } of nodes) {
    const name = `${callFrame.functionName || '(anonymous)'} ${callFrame.url.split('/').at(-1)}:${callFrame.lineNumber}`;
    hits.set(name, (hits.get(name) ?? 0) + hitCount);
    all += hitCount;
  }
  const hottest = [...hits].sort(([, one], [, other]) => other - one).slice(0, 45);
  for (const [name, count] of hottest) console.log(`${((100 * count) / all).toFixed(1).padStart(5)} %  ${name}`);
}
