import diagnosticsChannel from 'node:diagnostics_channel';
import type { Trace } from '../../ports/trace.js';

/** Publishes `{step}` on a channel of node:diagnostics_channel; without a subscriber nothing is even built. */
export function createTrace(channelName: string): Trace {
  const channel = diagnosticsChannel.channel(channelName);
  return (step) => {
    if (channel.hasSubscribers) channel.publish({ step });
  };
}
