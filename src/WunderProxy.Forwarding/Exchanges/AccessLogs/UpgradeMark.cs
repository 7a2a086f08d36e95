namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>Which of the two lines of an upgraded connection a line is.</summary>
internal enum UpgradeMark : byte
{
    /// <summary>The connection was not upgraded: there is one line.</summary>
    None,

    /// <summary>The connection has just left HTTP.</summary>
    Open,

    /// <summary>The upgraded connection has ended.</summary>
    Close,
}
