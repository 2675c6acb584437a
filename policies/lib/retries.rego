# What to do about a decision that nobody could take yet, as the controllers of Argo CD and Flux ask again.
package holdfast.lib.retries

try_again := "Flux tries again by itself, and Argo CD until its retry limit: then sync the application once more. If it lasts, look at the Git server and at the credentials of the repository."
