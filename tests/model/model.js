// A language model in this process: SmolLM2, run by llama.cpp on the processor. It answers one question at a time.

import { availableParallelism } from 'node:os';

import { LlamaChat, getLlama } from 'node-llama-cpp';

import { forGrammar } from './grammar.js';
import { Refusal } from './refusal.js';

/** What the authors of SmolLM2 recommend (https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct), and a fixed seed. */
const DEFAULTS = { temperature: 0.2, topP: 0.9, seed: 1, repeatPenalty: false };
/** What llama.cpp calls the ends of an answer, as OpenAI calls them. */
const REASONS = { maxTokens: 'length', eogToken: 'stop', stopGenerationTrigger: 'stop', abort: 'abort' };

export class Model {
  #llama;
  #chat;
  #turn = Promise.resolve();

  /** Loads the weights of a GGUF file. */
  static async load(file, threads = availableParallelism()) {
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: threads });
    const weights = await llama.loadModel({ modelPath: file });
    const context = await weights.createContext({ contextSize: weights.trainContextSize, threads });
    return new Model(llama, new LlamaChat({ contextSequence: context.getSequence() }));
  }

  constructor(llama, chat) {
    this.#llama = llama;
    this.#chat = chat;
  }

  /** The longest context, in tokens. */
  get contextSize() {
    return this.#chat.context.contextSize;
  }

  /**
   * Answers a question, after those before it. `onText` gets every part of the text as it is there. If `signal` is
   * aborted, the answer ends where it is.
   * @returns the text, its `finishReason`, and the tokens: `tokensIn`, of which `cached` were known, and `tokensOut`.
   */
  async answer(question, onText) {
    const turn = this.#turn.then(() => this.#answer(question, onText));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #answer({ messages, schema, tokensMax, signal, ...sampling }, onText) {
    signal?.throwIfAborted();
    const history = [...messages.map(said), { type: 'model', response: [] }];
    const tokensIn = this.#tokensOf(history);
    const room = this.contextSize - tokensIn;
    if (room < (tokensMax ?? 1)) {
      const all = `${tokensIn} tokens of messages and ${tokensMax ?? 1} of the answer`;
      const message = `this model's maximum context length is ${this.contextSize} tokens; you asked for ${all}`;
      throw new Refusal(400, message, { param: 'messages', code: 'context_length_exceeded' });
    }
    const grammar = schema && await this.#llama.createGrammarForJsonSchema(forGrammar(schema));
    const meter = this.#chat.sequence.tokenMeter.getState();
    const { response, metadata } = await this.#chat.generateResponse(history, {
      ...DEFAULTS,
      ...sampling,
      grammar,
      maxTokens: tokensMax ?? room,
      signal,
      stopOnAbortSignal: true,
      onTextChunk: onText,
    });
    const used = this.#chat.sequence.tokenMeter.diff(meter);
    return {
      text: response,
      finishReason: REASONS[metadata.stopReason],
      tokensIn,
      cached: Math.max(0, tokensIn - used.usedInputTokens),
      tokensOut: used.usedOutputTokens,
    };
  }

  #tokensOf(chatHistory) {
    const { contextText } = this.#chat.chatWrapper.generateContextState({ chatHistory });
    return contextText.tokenize(this.#chat.model.tokenizer).length;
  }
}

function said({ role, content }) {
  if (role === 'assistant') return { type: 'model', response: [content] };
  return { type: role, text: content };
}
