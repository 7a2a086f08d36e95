namespace WunderProxy.Deployments.Storage;

/// <summary>An S3 server and who we are to it.</summary>
/// <param name="Url">As in <c>http://127.0.0.1:9000</c>.</param>
/// <param name="AccessKey">Access key id.</param>
/// <param name="SecretKey">Its secret.</param>
internal sealed record S3Endpoint(string Url, string AccessKey, string SecretKey);
