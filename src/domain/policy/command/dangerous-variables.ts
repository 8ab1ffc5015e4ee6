const NAMES = new Set([
  'PATH', 'IFS', 'ENV', 'BASH_ENV', 'SHELL', 'SHELLOPTS', 'BASHOPTS', 'PS4', 'PROMPT_COMMAND', 'HOME', 'XDG_CONFIG_HOME', 'ZDOTDIR', 'FPATH', 'CDPATH', 'EDITOR', 'VISUAL', 'PAGER', 'BROWSER', 'LESSOPEN', 'LESSCLOSE', 'MANPAGER',
  'NODE_OPTIONS', 'NODE_PATH', 'RUBYOPT', 'RUBYLIB', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'MAKEFLAGS', 'GNUMAKEFLAGS', 'MAKEFILES', 'RUSTC_WRAPPER', 'CC', 'CXX', 'GCONV_PATH', 'HUSKY', 'LEFTHOOK', 'SKIP', 'SSH_ASKPASS', 'HOSTALIASES',
]);
const FAMILIES = /^(?:LD_|DYLD_|GIT_|BASH_FUNC_|PYTHON|PERL5|npm_config_|NPM_CONFIG_|CARGO_|DOTNET_|PRE_COMMIT)/;

/** A variable by which a program runs something else than its name says, or leaves out a check. */
export const isDangerousVariable = (name: string): boolean => NAMES.has(name) || FAMILIES.test(name);
