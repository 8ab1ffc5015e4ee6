import type { Instant } from '../domain/kernel/instant.js';

export interface Clock {
  now(): Instant;
}
