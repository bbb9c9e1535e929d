// Plain JavaScript in workerd: answers every request with the response in its two modules, and reads nothing.
import fields from 'fields';
import content from 'content';

const headers = fields.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2));

export default {
  fetch: () => new Response(content, { headers }),
};
