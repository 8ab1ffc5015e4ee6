/** Put in by the build; absent when the sources are run directly, as tests do. */
declare const AI_VERSION: string | undefined;

export const VERSION: string = typeof AI_VERSION === 'string' ? AI_VERSION : '0.0.0-source';
