namespace WunderProxy.ManagerApi.Page;

/// <summary>How something is to be seen; each tone has a colour, and a sign beside the colour.</summary>
internal enum Tone
{
    /// <summary>The service answers as it should.</summary>
    Good,

    /// <summary>Something goes on that passes by itself or was asked for.</summary>
    Busy,

    /// <summary>Something that an operator should look at, though users notice nothing.</summary>
    Warning,

    /// <summary>Requests fail, or nothing is served.</summary>
    Bad,
}
