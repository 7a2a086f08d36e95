namespace WunderProxy.Forwarding.Statistics;

/// <summary>How far back a series is read, and in points of which length.</summary>
public enum SeriesWindow
{
    /// <summary>60 points of one second.</summary>
    LastMinute,

    /// <summary>60 points of five seconds.</summary>
    FiveMinutes,

    /// <summary>60 points of one minute.</summary>
    Hour,

    /// <summary>24 points of one hour.</summary>
    Day,
}
