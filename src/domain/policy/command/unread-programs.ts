/** Programs and words of shells that run what this reader does not read: another language, a file, another machine. */
export const UNREAD_PROGRAMS: ReadonlySet<string> = new Set([
  '.', 'source', 'ssh', 'su', 'runuser', 'pkexec', 'parallel', 'script', 'flock', 'strace', 'ltrace', 'unshare', 'nsenter', 'systemd-run', 'at', 'batch', 'screen', 'tmux', 'expect',
  'powershell', 'pwsh', 'cmd', 'cmd.exe', 'powershell.exe', 'pwsh.exe', 'wsl', 'wsl.exe', 'csh', 'tcsh', 'fish', 'nu', 'elvish', 'xonsh',
  'alias', 'enable', 'hash', 'bind', 'complete', 'compgen', 'fc', 'coproc', 'let', 'mapfile', 'readarray', 'zmodload', 'autoload', 'functions', 'zle', 'emulate', 'rehash', 'vared', 'print', 'setopt', 'unsetopt', 'taskset', 'chrt', 'firejail', 'bwrap', 'proot', 'fakeroot', 'faketime', 'entr', 'watchexec', 'nodemon',
]);
