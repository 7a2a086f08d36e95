namespace WunderProxy.Certificates;

/// <summary>Is told what came of reading changed certificate files.</summary>
internal interface ICertificateLog
{
    /// <summary>The files were read again, and all could be used.</summary>
    /// <param name="count">Number of certificates in service.</param>
    void Renewed(int count);

    /// <summary>A file could not be used; its last good certificate stays in service.</summary>
    void Failed(string message);
}
