from attempt import answer

answer()
