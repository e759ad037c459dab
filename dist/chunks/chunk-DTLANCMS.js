import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{l as o,n as s,o as t,p as r,q as a}from"./chunk-ZWIO4XFZ.js";import{y as i}from"./chunk-FZSNIJGK.js";import{a as n}from"./chunk-SEV25LCZ.js";var g=class{static{n(this,"LogReporter")}#e=new Set;#i=new Set;phase(e,d){return a(i(e),d)}debug(e){o(i(e))}info(e){r(i(e))}notice(e){this.#i.add(i(e)),r(`Notice: ${i(e)}`)}warning(e){this.#e.add(i(e)),r(`Warning: ${i(e)}`)}progress(e){}annotate(){this.#e.size>0&&s([...this.#e].join(`
`),{title:"setup-r3mes"}),this.#i.size>0&&t([...this.#i].join(`
`),{title:"setup-r3mes"})}};export{g as a};
