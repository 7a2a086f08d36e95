namespace WunderProxy.Forwarding.Statistics;

/// <summary>How far back a series is read, and in points of which length.</summary>
public enum SeriesWindow
{
    /// <summary>The last minute, in 60 points of one second.</summary>
    LastMinute,

    /// <summary>The last five minutes, in 60 points of five seconds.</summary>
    FiveMinutes,

    /// <summary>The last hour, in 60 points of one minute.</summary>
    Hour,

    /// <summary>The last day, in 24 points of one hour.</summary>
    Day,
}
