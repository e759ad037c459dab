import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a as y,b as g,c as x}from"./chunk-H4XOTMTF.js";import{e as u,g as w,h as n,i as v}from"./chunk-QIVOTUVH.js";import{a as b}from"./chunk-EQJQMH4G.js";import"./chunk-2LG7B5UR.js";import{_ as l,ba as m,qa as h,t as p,u as d,v as c,xa as f}from"./chunk-OXW3E2OX.js";import"./chunk-IDNBAV3J.js";import"./chunk-YBXSXPNK.js";import"./chunk-YDZSLCDF.js";import"./chunk-6U64GQIB.js";import"./chunk-MFDEGOYZ.js";import"./chunk-56PCSBSC.js";import{B as i}from"./chunk-FZSNIJGK.js";import"./chunk-2UUD666R.js";import{a}from"./chunk-SEV25LCZ.js";var E={ensure:`
Sizes are such as 20GB (decimal) or 512MiB, durations such as 14d, 36h or 1h30m.

Examples:
  r3mes ensure --rpc-urls https://rpc-a.example.org https://rpc-b.example.org \\
    --model-version 1.0.0 --adapters general_dora coder --datasets training_dataset_v1
                                what is approved of these, proven by two hosts that agree
  r3mes ensure --env-file .env --model-version ^1.0 --json
                                endpoints and folders from a file; the outputs as JSON
  r3mes ensure --trust lockfile --max-lock-age 7d
                                from r3mes.lock alone: no chain is asked

Exit code 0 when everything is in place, every byte checked. Else nothing of it is, and the code is that of the error.`,plan:`
Durations are such as 14d, 36h or 1h30m.

Examples:
  r3mes plan --rpc-urls https://rpc-a.example.org https://rpc-b.example.org --model-version 1.0.0 --adapters coder
                                what would be fetched, how large, and from where
  r3mes plan --env-file .env --adapters domain:coding
                                all adapters of a domain that fit the active model

Exit code 0 when everything could be had. No host of models is asked for a byte.`};async function O(e,t){let o=m(),r=new b;process.once("exit",()=>r.close());let s=await f(e,{reporter:r,environment:process.env,signal:o.signal});r.close(),t?await w(`${i(h(s),2)}
`):await P(s),process.exitCode=o.exitCode()??s.error?.exitCode??0}a(O,"execute");async function P(e){for(let{kind:t,id:o,path:r}of e.artifacts)await n(`${t} ${o}	${r}`);if(e.planOnly)for(let t of e.planned)await n(p(t));for(let{code:t,message:o}of e.datasetProblems)await n(`Warning: ${t}: ${o}`);e.error!==void 0&&v(d(e.error)),await n(c(e)),e.receiptPath!==void 0&&await n(`Receipt: ${e.receiptPath}`)}a(P,"printResult");function I(e){let t=new u(e).description(e==="ensure"?"Put the approved model, adapters and datasets into the store, every byte checked.":"Read the approvals and say what would be put into the store. Fetches nothing.").option("--json","Print the result as JSON: the same keys as the action’s outputs.").addHelpText("after",E[e]);for(let o of l)"actionOnly"in o||e==="plan"&&o.name==="plan-only"||t.addOption(y(o));return t.addOption(x()),t.action(async()=>{let o=g(t);await O(e==="plan"?{...o,"plan-only":"true"}:o,t.opts().json===!0)})}a(I,"runCommand");export{I as runCommand};
