namespace WunderProxy.ManagerApi.Page;

/// <summary>What is in service: revision, since when, by whom, health and address.</summary>
internal static class ServiceSection
{
    public static Html Write(PageModel model)
    {
        var html = Html.Of($"<h2>In service</h2>");
        if (model.Status.Upstream is not { } upstream)
        {
            return html.Add($"<p>No upstream: requests get 503.</p>{Buttons(model)}");
        }

        html.Add($"<dl>{Row("Revision", upstream.Revision)}");
        html.Add($"<div><dt>Since</dt><dd>{Wording.Time(upstream.Since)} UTC, <span class=age>{Wording.Span(model.Now - upstream.Since)}</span></dd></div>");
        html.Add($"{Row("By", model.History?.FirstOrDefault(row => row.IsCurrent)?.By ?? string.Empty)}");
        html.Add($"<div><dt>Health</dt><dd>{Health(upstream)}</dd></div>");
        html.Add($"{Row("Address", upstream.Address)}{Row("Container", ShortId.Of(upstream.Container))}{Row("Hash", upstream.Hash)}</dl>");
        return html.Add($"{Buttons(model)}");
    }

    private static Html Health(UpstreamView upstream)
    {
        var tone = upstream.Health switch { "healthy" => Tone.Good, "unhealthy" => Tone.Bad, _ => Tone.Busy };
        var reason = upstream.HealthReason is { } text ? $": {text}" : string.Empty;
        return Html.Of($"<span class=\"tag {tone.Word()}\">{tone.Sign()}{upstream.Health}</span>{reason}");
    }

    private static Html? Row(string label, string value) =>
        value.Length == 0 ? null : Html.Of($"<div><dt>{label}</dt><dd title=\"{value}\">{value}</dd></div>");

    private static Html? Buttons(PageModel model)
    {
        if (!model.MayAct)
        {
            return null;
        }

        var pause = model.Facts.Application.IsPaused
            ? new ActionButton("Resume", "resume", string.Empty, "Resume?", "Requests that wait are served at once, and new ones no longer wait.") { Key = "pause" }
            : new ActionButton("Pause", "pause", string.Empty, "Pause?", "New requests wait from now on, and get 503 when the pause lasts too long. Requests in flight finish.") { Key = "pause" };
        var drain = model.Facts.IsLeaving
            ? new ActionButton("Undrain", "undrain", string.Empty, "Take traffic again?", "Load balancers are told at their next check that this instance is back.") { Key = "drain" }
            : new ActionButton("Drain", "drain", string.Empty, "Send load balancers away?", "/status answers 503 from now on, so load balancers leave with their next checks. Requests that still come are served.") { Key = "drain" };
        return Html.Of($"<div class=acts>{pause.Write()}{drain.Write()}</div>");
    }
}
