namespace WunderProxy.ManagerApi.Page;

/// <summary>How something is to be seen; each tone has a colour, and a sign beside the colour.</summary>
internal enum Tone
{
    /// <summary>All is as it should be.</summary>
    Good,

    /// <summary>Something goes on that passes by itself or was asked for.</summary>
    Busy,

    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>Requests fail, or nothing is served.</summary>
    Bad,
}
