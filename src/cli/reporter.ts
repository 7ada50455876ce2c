/** Shows people what is going on, on stderr. Results are not its business: they go to stdout. */
export interface Reporter {
  /** Something that takes a moment has begun. */
  begin(text: string): Activity;
  warn(text: string): void;
  error(text: string): void;
}

/** Something that takes a moment. Ends once, by one of these. */
export interface Activity {
  done(text?: string): void;
  failed(text?: string): void;
}
