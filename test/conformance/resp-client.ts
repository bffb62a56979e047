import { connect, type Socket } from 'node:net';

type Resolve = (reply: unknown) => void;

/** A Redis client of the smallest kind: commands as lists of words, replies in the shape of the simulated server's. */
export class RespClient {
  readonly #socket: Socket;
  readonly #waiting: Resolve[] = [];
  #buffer = '';

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => {
      this.#buffer += text;
      for (let reply = this.#next(); reply !== undefined; reply = this.#next())
        this.#waiting.shift()!(reply.value);
    });
  }

  send(command: readonly string[]): Promise<unknown> {
    const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    this.#socket.write(`*${command.length}\r\n${words.join('')}`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** One whole reply off the buffer, or undefined when it has not all arrived. No nested lists are asked for. */
  #next(): { value: unknown } | undefined {
    const end = this.#buffer.indexOf('\r\n');
    if (end < 0) return undefined;
    const rest = this.#buffer.slice(1, end);
    const take = (length: number): void => {
      this.#buffer = this.#buffer.slice(length);
    };
    switch (this.#buffer.charAt(0)) {
      case '+':
        take(end + 2);
        return { value: { simple: rest } };
      case '-':
        take(end + 2);
        return { value: { error: rest } };
      case ':':
        take(end + 2);
        return { value: Number(rest) };
      case '$': {
        const length = Number(rest);
        if (length < 0) {
          take(end + 2);
          return { value: null };
        }
        if (this.#buffer.length < end + 2 + length + 2) return undefined;
        const value = this.#buffer.slice(end + 2, end + 2 + length);
        take(end + 2 + length + 2);
        return { value };
      }
      default:
        throw new Error(`a reply of an unknown kind: ${this.#buffer.slice(0, 40)}`);
    }
  }
}
