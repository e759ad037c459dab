import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{b}from"./chunk-VJVNLN5B.js";import{c as $,e as f,g as p}from"./chunk-QIVOTUVH.js";import"./chunk-2LG7B5UR.js";import"./chunk-FZSNIJGK.js";import"./chunk-2UUD666R.js";import{a as s}from"./chunk-SEV25LCZ.js";var g={values:[],files:!1},_=/[<[](?:path|file|folder|dir|request)\b/;function A(e){let n=e.createHelp();return[...n.visibleOptions(e),...n.visibleGlobalOptions(e)]}s(A,"visibleOptions");function w(e,n){let i=[];for(let o=e;o!==null;o=o.parent)i.push(o);return i.flatMap(({options:o})=>o).find(({long:o,short:t})=>n===o||n===t)}s(w,"findOption");function O(e){return e.startsWith("-")&&e!=="-"}s(O,"isFlag");function H(e,n){let i=n.slice(0,n.lastIndexOf(",")+1),o=i.split(",");return e.filter(t=>!o.includes(t)).map(t=>({value:`${i}${t}`,description:""}))}s(H,"valuesFor");function h(e,n,i){return e.argChoices!==void 0?{values:H(e.argChoices,i),files:!1}:{values:[],files:_.test(n)}}s(h,"valuesOf");function F(e,n){return{values:A(e).filter(({long:o,short:t,variadic:r})=>r||![o,t].some(a=>n.includes(a??""))).map(({long:o,short:t,description:r})=>({value:o??t??"",description:S(r)})),files:!1}}s(F,"flagsOf");function S(e){return e.split(/(?<=\.)\s/,1)[0]??""}s(S,"firstSentence");function L(e){return e.createHelp().visibleCommands(e).map(n=>({value:n.name(),description:n.summary()||S(n.description())}))}s(L,"commandsOf");function R(e,n){let{command:i,open:o,given:t,plain:r}=e;if(!r&&n==="--")return{...e,open:void 0,plain:!0};if(!r&&O(n)){let l=n.includes("=")?void 0:w(i,n);return{...e,open:l?.required||l?.optional?l:void 0}}if(o!==void 0)return{...e,open:o.variadic?o:void 0};let a=t>0?void 0:i.commands.find(l=>l.name()===n);return a===void 0?{...e,given:t+1}:{command:a,open:o,given:t,plain:r}}s(R,"step");function P(e,n){let i=n.slice(0,-1),o=n.at(-1)??"",t={command:e,open:void 0,given:0,plain:!1},{command:r,open:a,given:l,plain:v}=i.reduce(R,t),C=/^(--[\w-]+)=(.*)$/s.exec(o);if(!v&&C!==null){let[,u="",x=""]=C,m=w(r,u);return m===void 0?g:h(m,m.flags,x)}if(!v&&O(o))return F(r,i);let d=a===void 0?g:h(a,a.flags,o);if(!(a===void 0||a.optional||a.variadic&&i.at(-1)!==a.long))return d;let c=r.registeredArguments[l]??r.registeredArguments.findLast(u=>u.variadic),y=c===void 0?g:h(c,`<${c.name()}>`,o),E=l===0?L(r):[];return{values:[...d.values,...E,...y.values],files:d.files||y.files}}s(P,"candidatesFor");var T=["bash","zsh","fish","powershell"],M=`
Put one of these where your shell reads it when it starts:
  bash        ~/.bashrc                    source <(r3mes completion bash)
  zsh         ~/.zshrc, after compinit     source <(r3mes completion zsh)
  fish        ~/.config/fish/config.fish   r3mes completion fish | source
  powershell  $PROFILE                     r3mes completion powershell | Out-String | Invoke-Expression

Examples:
  source <(r3mes completion bash)   in this bash, until it ends
  r3mes ver<Tab>                    verify
  r3mes ensure --trust <Tab>        auto  light-client  lockfile  quorum  rpc`,q=`# bash completion for r3mes
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
`,I={zsh:['flagPrefix="-P ${BASH_REMATCH}"','flagPrefix="-P ${(q)BASH_REMATCH}"'],powershell:[`($_ -replace "'", "''")`,`($_ -replace "[\\u0027\\u2018-\\u201B]", '$0$0')`]};async function k(e){let{script:n}=await import("./dist-FN5DOFM4.js"),i=[],{log:o}=console;console.log=l=>{i.push(l)};try{n(e,"r3mes","r3mes")}finally{console.log=o}let t=`${i.join(`
`)}
`,[r,a]=I[e]??["",""];if(!t.includes(r))throw new TypeError(`The library has another script for ${e}`);return r===""?t:t.replace(r,()=>a)}s(k,"libraryScript");async function z(e){await p(e==="bash"?q:await k(e))}s(z,"printScript");function K(){return new f("completion").description("Print what makes a shell complete commands, flags and their values at the press of Tab.").addArgument(new $("<shell>","Your shell.").choices(T)).addHelpText("after",M).action(z)}s(K,"completionCommand");var D=0,W=4;async function B(e){let{values:n,files:i}=P(await b(e),e),o=n.map(({value:t,description:r})=>`${t}	${r}`);await p([...o,`:${i?D:W}`,""].join(`
`))}s(B,"complete");function V(){return new f("complete").description("Say what may come next on a command line.").argument("[words...]").action(B)}s(V,"completeCommand");export{V as completeCommand,K as completionCommand};
