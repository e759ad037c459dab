import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a as $}from"./chunk-IR6OJK3F.js";import{c as O,e as f,g as p}from"./chunk-QIVOTUVH.js";import"./chunk-2LG7B5UR.js";import"./chunk-FZSNIJGK.js";import"./chunk-2UUD666R.js";import{a as r}from"./chunk-SEV25LCZ.js";var g={values:[],files:!1},F=/[<[](?:path|file|folder|dir)\b/;function L(e){let n=e.createHelp();return[...n.visibleOptions(e),...n.visibleGlobalOptions(e)]}r(L,"visibleOptions");function y(e,n){let t=[];for(let o=e;o!==null;o=o.parent)t.push(o);return t.flatMap(({options:o})=>o).find(({long:o,short:i})=>n===o||n===i)}r(y,"findOption");function w(e){return e.startsWith("-")&&e!=="-"}r(w,"isFlag");function _(e,n){let t=n.slice(0,n.lastIndexOf(",")+1),o=t.split(",");return e.filter(i=>!o.includes(i)).map(i=>({value:`${t}${i}`,description:""}))}r(_,"valuesFor");function h(e,n,t){return e.argChoices!==void 0?{values:_(e.argChoices,t),files:!1}:{values:[],files:F.test(n)}}r(h,"valuesOf");function A(e,n){return{values:L(e).filter(({long:o,short:i,variadic:s})=>s||![o,i].some(a=>n.includes(a??""))).map(({long:o,short:i,description:s})=>({value:o??i??"",description:S(s)})),files:!1}}r(A,"flagsOf");function S(e){return e.split(/(?<=\.)\s/,1)[0]??""}r(S,"firstSentence");function H(e){return e.createHelp().visibleCommands(e).map(n=>({value:n.name(),description:n.summary()||S(n.description())}))}r(H,"commandsOf");function M(e,n){let{command:t,open:o,given:i,plain:s}=e;if(!s&&n==="--")return{...e,open:void 0,plain:!0};if(!s&&w(n)){let l=n.includes("=")?void 0:y(t,n);return{...e,open:l?.required||l?.optional?l:void 0}}if(o!==void 0)return{...e,open:o.variadic?o:void 0};let a=i>0?void 0:t.commands.find(l=>l.name()===n);return a===void 0?{...e,given:i+1}:{command:a,open:o,given:i,plain:s}}r(M,"step");function P(e,n){let t=n.slice(0,-1),o=n.at(-1)??"",i={command:e,open:void 0,given:0,plain:!1},{command:s,open:a,given:l,plain:v}=t.reduce(M,i),C=/^(--[\w-]+)=(.*)$/s.exec(o);if(!v&&C!==null){let[,m="",x=""]=C,u=y(s,m);return u===void 0?g:h(u,u.flags,x)}if(!v&&w(o))return A(s,t);let d=a===void 0?g:h(a,a.flags,o);if(!(a===void 0||a.optional||a.variadic&&t.at(-1)!==a.long))return d;let c=s.registeredArguments[l]??s.registeredArguments.findLast(m=>m.variadic),b=c===void 0?g:h(c,`<${c.name()}>`,o),E=l===0?H(s):[];return{values:[...d.values,...E,...b.values],files:d.files||b.files}}r(P,"candidatesFor");var R=["bash","zsh","fish","powershell"],I=`
Put one of these where your shell reads it when it starts:
  bash        ~/.bashrc                    source <(r3mes completion bash)
  zsh         ~/.zshrc, after compinit     source <(r3mes completion zsh)
  fish        ~/.config/fish/config.fish   r3mes completion fish | source
  powershell  $PROFILE                     r3mes completion powershell | Out-String | Invoke-Expression

Examples:
  source <(r3mes completion bash)   in this bash, until it ends
  r3mes ver<Tab>                    verify
  r3mes ensure --trust <Tab>        auto  light-client  lockfile  quorum  rpc`,T=`# bash completion for r3mes
_r3mes_completion() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" word line
  local -a words=()
  COMPREPLY=()
  # For bash a word ends at = and at :, for r3mes it does not.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == [=:] || $before == [=:] ) ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    before="$word"
  done
  [[ $current == [=:] ]] && current=""
  while IFS= read -r line; do
    case "$line" in
      :0) ;;
      :*) compopt +o default 2>/dev/null ;;
      *) line="\${line%%$'\\t'*}"; [[ $line == "$current"* ]] && COMPREPLY+=("$line") ;;
    esac
  done < <(r3mes complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _r3mes_completion r3mes
`;async function W(e){if(e==="bash"){await p(T);return}let{script:n}=await import("./dist-FN5DOFM4.js");n(e,"r3mes","r3mes")}r(W,"printScript");function K(){return new f("completion").description("Print what makes a shell complete commands, flags and their values at the press of Tab.").addArgument(new O("<shell>","Your shell.").choices(R)).addHelpText("after",I).action(W)}r(K,"completionCommand");var z=0,D=4;async function k(e){let{values:n,files:t}=P(await $(e),e),o=n.map(({value:i,description:s})=>`${i}	${s}`);await p([...o,`:${t?z:D}`,""].join(`
`))}r(k,"complete");function Q(){return new f("complete").description("Say what may come next on a command line.").argument("[words...]").action(k)}r(Q,"completeCommand");export{Q as completeCommand,K as completionCommand};
