type Listener = () => void;

/** Light or dark: what the system prefers, until the reader chooses. */
export class Theme {
  readonly #listeners: Listener[] = [];

  constructor() {
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', () => {
        this.#tell();
      });
  }

  get dark(): boolean {
    const chosen = document.documentElement.dataset['theme'];
    return chosen === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : chosen === 'dark';
  }

  toggle(): void {
    document.documentElement.dataset['theme'] = this.dark ? 'light' : 'dark';
    this.#tell();
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
