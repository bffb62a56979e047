/** How often an event must have happened: between the two, both included. */
export interface RequiredEvent {
  /** As the file says it, for the verdict: `mark leader at e`. */
  readonly text: string;
  readonly kind: 'mark' | 'sent' | 'delivered';
  /** The mark's name or the message's type. */
  readonly name: string;
  /** The marking or sending server, null for any. */
  readonly node: string | null;
  /** The receiver of a message, null for any. */
  readonly to: string | null;
  /** Fields of the mark that must be equal. */
  readonly where: Readonly<Record<string, unknown>>;
  readonly atLeast: number;
  readonly atMost: number;
}

/** How a scripted operation must end; `unanswered`: the client still waited when the run ended. */
export type RequiredOutcome =
  | { readonly type: 'ok' | 'fail' | 'info' | 'unanswered' }
  /** Ok, with this answer. */
  | { readonly type: 'ok'; readonly answer: unknown };

/** Between what a measured figure must lie, both included, in the figure's unit. */
export interface RequiredFigure {
  readonly atLeast: number;
  readonly atMost: number;
}

/** What a run must have done beyond keeping its properties, so that it tells the story its file tells. */
export interface Requirements {
  /** By step id. */
  readonly outcomes: Readonly<Record<string, RequiredOutcome>>;
  readonly events: readonly RequiredEvent[];
  /** By server: how the description of its state must begin when the fault phase ends. */
  readonly states: Readonly<Record<string, string>>;
  /** By the figure's name; they are printed with the verdict. */
  readonly figures: Readonly<Record<string, RequiredFigure>>;
}
