namespace WunderProxy.IntegrationTests.Differential;

/// <summary>Which rivals do with a message what we do.</summary>
[Flags]
internal enum Agreement
{
    /// <summary>None of them: the row says why.</summary>
    Neither = 0,

    /// <summary>nginx.</summary>
    Nginx = 1,

    /// <summary>HAProxy.</summary>
    Haproxy = 2,

    /// <summary>All three.</summary>
    All = Nginx | Haproxy,
}
