namespace WunderProxy.Cli.Watch;

/// <summary>What a piece of text on the screen means; it is shown in colour, but never by colour alone.</summary>
internal enum Tone
{
    /// <summary>Text that says neither how things are nor what they are called.</summary>
    Plain,

    /// <summary>A figure or state that is as it should be.</summary>
    Good,

    /// <summary>Something that an operator should look at.</summary>
    Warning,

    /// <summary>Something fails, and users notice it.</summary>
    Bad,

    /// <summary>A name or a help, beside what it names.</summary>
    Quiet,

    /// <summary>A heading, which stands out without saying how things are.</summary>
    Strong,
}
