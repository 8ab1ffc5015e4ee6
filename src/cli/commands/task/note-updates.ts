import type { executeTask } from '../../../app/tasks/execute-task.js';
import { escapeText } from '../../escape.js';
import type { Io } from '../../io.js';
import type { AgentEventLines } from '../../present/agent-event-lines.js';

type OnUpdate = Parameters<typeof executeTask>[1]['onUpdate'];

/** Tells on stderr what goes on, while it goes on. */
export function noteUpdates(io: Pick<Io, 'note' | 'style'>, lines: AgentEventLines): OnUpdate {
  return (update) => {
    switch (update.kind) {
      case 'step':
        for (const line of lines.end()) io.note(line);
        io.note(io.style.dim(`· ${update.step}`));
        break;
      case 'event':
        for (const line of lines.push(update.event)) io.note(line);
        break;
      case 'note':
        io.note(escapeText(update.text));
        break;
    }
  };
}
