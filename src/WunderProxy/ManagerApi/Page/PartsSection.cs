using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Engine, store and peers: whether each answers, and since when.</summary>
internal static class PartsSection
{
    public static Html? Write(PageModel model)
    {
        var lifecycle = model.Facts.Lifecycle;
        var table = new PageTable("Engine, store and peers", "Part", "State", "For");
        if (model.HasContainers)
        {
            Part(table, model, "Docker engine", lifecycle.DockerState, lifecycle.Circuits?.Docker);
            Part(table, model, "Store", lifecycle.StoreState, lifecycle.Circuits?.Store);
        }

        foreach (var peer in model.Status.Fallback?.Peers ?? [])
        {
            table.Row(Html.Of($"Peer {peer.Address}"), State(peer.Reachable ? "Ok" : "refused the last connection"), Html.Of($""));
        }

        table.Row(Html.Of($"This process"), State("runs"), Html.Of($"{Wording.Span(model.Facts.Uptime)}"));
        return Html.Of($"<h2>Engine, store, peers</h2><div class=scroll tabindex=0 role=group aria-label=\"Parts\">{table.End()}</div>");
    }

    private static void Part(PageTable table, PageModel model, string name, string state, CircuitView? circuit)
    {
        var since = circuit is null ? string.Empty : Wording.Span(model.Now - circuit.Since);
        var next = circuit?.NextTry is { } at ? $", next try in {Wording.Span(at - model.Now)}" : string.Empty;
        table.Row(Html.Of($"{name}"), State(state), Html.Of($"{since}{next}"));
    }

    private static Html State(string state)
    {
        var tone = state switch { "Ok" or "runs" => Tone.Good, "unknown" => Tone.Busy, _ => Tone.Bad };
        return Html.Of($"<span class=\"tag {tone.Word()}\">{tone.Sign()}<span title=\"{state}\">{(state == "Ok" ? "answers" : state)}</span></span>");
    }
}
