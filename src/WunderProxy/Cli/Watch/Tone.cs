namespace WunderProxy.Cli.Watch;

/// <summary>What a piece of text on the screen means; it is shown in colour, but never by colour alone.</summary>
internal enum Tone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Warning,

    /// <summary>Something fails.</summary>
    Bad,

    /// <summary>A name or a help, beside what it names.</summary>
    Quiet,

    /// <summary>A heading.</summary>
    Strong,
}
