/** Why a question is not answered: a status, and what OpenAI's `error` says. */
export class Refusal extends Error {
  constructor(status, message, { type = 'invalid_request_error', param = null, code = null } = {}) {
    super(message);
    this.status = status;
    this.error = { message, type, param, code };
  }
}
