/** Shows people what is happening, on stderr; results go to stdout. */
export interface Reporter {
  /** Starts an activity. */
  begin(text: string): Activity;
  warn(text: string): void;
  error(text: string): void;
}

/** Something that takes a moment. Ends once, with one of these. */
export interface Activity {
  /** Shows how far it is, where that can be shown in place. */
  advance(text: string): void;
  done(text?: string): void;
  failed(text?: string): void;
}
