namespace WunderProxy.Certificates;

/// <summary>What becomes of a certificate whose file has gone from the directory.</summary>
internal enum FileRemoval
{
    /// <summary>The certificate leaves service at once, as the operator asked for a new reading.</summary>
    AtOnce,

    /// <summary>
    /// The certificate leaves service when the file is missing at the next reading, too: programs that renew may remove a
    /// file before they write the new one.
    /// </summary>
    SeenTwice,
}
