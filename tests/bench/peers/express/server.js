// Express, the stack of the original deployment: answers every request with the response in a file (field lines, an
// empty line, content), and prints its address.
import { readFileSync } from 'node:fs';
import express from 'express';

const answer = readFileSync(process.argv[2]);
const end = answer.indexOf('\n\n');
const fields = answer.subarray(0, end).toString().split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2));
const content = answer.subarray(end + 2);

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use((_, response) => {
  for (const [name, value] of fields) response.setHeader(name, value);
  response.end(content);
});
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
