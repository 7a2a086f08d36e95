namespace WunderProxy.ManagerApi.Page;

/// <summary>The class and the sign of each <see cref="Tone"/>.</summary>
internal static class Tones
{
    /// <summary>Returns the class by which the style sheet colours a tone.</summary>
    public static string Word(this Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Busy => "busy",
        Tone.Warning => "warn",
        _ => "bad",
    };

    /// <summary>The drawings of all signs, which stand once on the page; their forms tell what their colours tell.</summary>
    public static Html Drawings { get; } = Html.Of(
        $"""
        <svg hidden><symbol id=s-good viewBox="0 0 16 16"><circle cx=8 cy=8 r=7 /><path d="M4.5 8.5l2.5 2.5 4.5-5.5"/></symbol><symbol id=s-busy viewBox="0 0 16 16"><circle cx=8 cy=8 r=7 /><path d="M8 4v4.5l3 1.8"/></symbol><symbol id=s-warn viewBox="0 0 16 16"><path d="M8 1.2L15.2 14.5H.8zM8 6v4M8 12.2v.3"/></symbol><symbol id=s-bad viewBox="0 0 16 16"><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5zM5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6"/></symbol></svg>
        """);

    /// <summary>Returns the sign of a tone, for those who do not see its colour.</summary>
    public static Html Sign(this Tone tone) =>
        Html.Of($"<svg class=\"sign {tone.Word()}\" aria-hidden=true><use href=#s-{tone.Word()} /></svg>");
}
