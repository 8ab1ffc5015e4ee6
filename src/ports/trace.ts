/**
 * Told when a named step of a long operation is reached. Costs nothing when nobody listens.
 * Timings and the crash tests hang on it.
 */
export type Trace = (step: string) => void;
